data "aws_caller_identity" "current" {}

data "aws_ssm_parameter" "enabled" {
  name = "/jobs/enabled"
}

locals {
  suffix = data.aws_ssm_parameter.enabled.value == "yes" ? "-on" : "-off"
}

resource "aws_ecs_task_definition" "batch" {
  family                   = "batch"
  cpu                      = 256
  memory                   = 512
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  execution_role_arn       = "arn:aws:iam::123456789012:role/execution"
  container_definitions    = jsonencode([
    {
      name  = "main"
      image = "alpine:latest"
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = "/ecs/batch"
          awslogs-region        = "ap-northeast-1"
          awslogs-stream-prefix = "batch"
        }
      }
    }
  ])
}

resource "aws_cloudwatch_event_rule" "a" {
  name                = "job${local.suffix}"
  schedule_expression = "cron(0 18 * * ? *)"
}

resource "aws_cloudwatch_event_target" "a" {
  rule     = aws_cloudwatch_event_rule.a.name
  arn      = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"
  role_arn = "arn:aws:iam::123456789012:role/events"

  ecs_target {
    launch_type         = "FARGATE"
    task_definition_arn = aws_ecs_task_definition.batch.arn
  }
}

resource "aws_cloudwatch_event_rule" "b" {
  name                = "b"
  schedule_expression = "cron(0 18 * * ? *)"
  description = data.aws_ssm_parameter.enabled.value != "" ? "set" : null
}

resource "aws_cloudwatch_event_target" "b" {
  rule     = aws_cloudwatch_event_rule.b.name
  arn      = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"
  role_arn = "arn:aws:iam::123456789012:role/events"

  ecs_target {
    launch_type         = "FARGATE"
    task_definition_arn = aws_ecs_task_definition.batch.arn
  }
}
