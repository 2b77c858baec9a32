resource "aws_ssm_parameter" "user" {
  name  = "/db/username"
  type  = "String"
  value = "root"
}

resource "aws_ecs_cluster" "this" {
  name = "jobs"
}

resource "aws_ecs_task_definition" "batch" {
  family                   = "batch"
  cpu                      = 256
  memory                   = 512
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  execution_role_arn       = "arn:aws:iam::123456789012:role/execution"
  container_definitions    = jsonencode([{
    name  = "main"
    image = "alpine:latest"
    environment = [
      { name = "PARAMETER", value = aws_ssm_parameter.user.name },
      { name = "PARAMETER_ARN", value = aws_ssm_parameter.user.arn },
      { name = "CLUSTER", value = aws_ecs_cluster.this.name },
      { name = "QUEUE", value = aws_sqs_queue.jobs.url },
      { name = "BUCKET", value = aws_s3_bucket.data.arn },
    ]
  }])
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "nightly"
  schedule_expression = "cron(0 18 * * ? *)"
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule     = aws_cloudwatch_event_rule.nightly.name
  arn      = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"
  role_arn = "arn:aws:iam::123456789012:role/events"

  ecs_target {
    launch_type         = "FARGATE"
    task_definition_arn = aws_ecs_task_definition.batch.arn
  }
}

resource "aws_sqs_queue" "jobs" {
  name = "jobs"
}

resource "aws_s3_bucket" "data" {
  bucket = "example-data"
}
