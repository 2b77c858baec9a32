resource "aws_ecr_repository" "batch" {
  name = "batch"
}

resource "aws_db_instance" "main" {
  identifier = "main"
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
    image = "${aws_ecr_repository.batch.repository_url}:latest"
    environment = [
      { name = "DB_HOST", value = aws_db_instance.main.address },
      { name = "DB_URL", value = "mysql://${aws_db_instance.main.address}:3306/app" },
      { name = "MODE", value = "full" },
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
