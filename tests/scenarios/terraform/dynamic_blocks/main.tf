variable "strategies" {
  default = [
    { provider = "FARGATE_SPOT", weight = 3 },
    { provider = "FARGATE", weight = 1 },
  ]
}

variable "dlq" {
  default = null
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

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "nightly"
  schedule_expression = "cron(0 18 * * ? *)"
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule = aws_cloudwatch_event_rule.nightly.name
  arn  = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"

  dynamic "dead_letter_config" {
    for_each = var.dlq == null ? [] : [var.dlq]
    content {
      arn = dead_letter_config.value
    }
  }

  dynamic "ecs_target" {
    for_each = [aws_ecs_task_definition.batch]
    iterator = task
    content {
      task_definition_arn = task.value.arn

      dynamic "capacity_provider_strategy" {
        for_each = var.strategies
        content {
          capacity_provider = capacity_provider_strategy.value.provider
          weight            = capacity_provider_strategy.value.weight
          base              = capacity_provider_strategy.key
        }
      }
    }
  }
}
