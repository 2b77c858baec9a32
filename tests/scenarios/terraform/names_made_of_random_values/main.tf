resource "random_pet" "stack" {
  prefix = "billing"
}

resource "random_id" "suffix" {
  byte_length = 2
}

resource "random_string" "tag" {
  length = 6
  lower  = false
}

resource "random_integer" "minute" {
  min = 10
  max = 50
}

resource "random_uuid" "run" {
}

resource "random_shuffle" "subnets" {
  input        = ["subnet-a", "subnet-b", "subnet-c"]
  result_count = 2
}

resource "random_password" "db" {
  length = 16
}

resource "aws_ecs_task_definition" "report" {
  family                   = "report-${random_pet.stack.id}"
  cpu                      = 256
  memory                   = 512
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  execution_role_arn       = "arn:aws:iam::123456789012:role/execution"
  container_definitions = jsonencode([{
    name  = "report-${random_id.suffix.hex}"
    image = "report:${random_string.tag.result}"
    environment = [
      { name = "RUN", value = random_uuid.run.result },
      { name = "DB_PASSWORD", value = random_password.db.result },
    ]
  }])
}

resource "aws_cloudwatch_event_rule" "report" {
  name                = "report-${random_pet.stack.id}"
  schedule_expression = "cron(${random_integer.minute.result} 3 * * ? *)"
}

resource "aws_cloudwatch_event_target" "report" {
  rule     = aws_cloudwatch_event_rule.report.name
  arn      = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"
  role_arn = "arn:aws:iam::123456789012:role/events"

  ecs_target {
    launch_type         = "FARGATE"
    task_definition_arn = aws_ecs_task_definition.report.arn

    network_configuration {
      subnets = random_shuffle.subnets.result
    }
  }
}
