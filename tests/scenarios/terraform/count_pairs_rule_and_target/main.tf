variable "schedules" {
  default = ["cron(0 1 * * ? *)", "cron(0 2 * * ? *)"]
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

resource "aws_cloudwatch_event_rule" "this" {
  count               = length(var.schedules)
  name                = "job-${count.index + 1}"
  schedule_expression = var.schedules[count.index]
}

resource "aws_cloudwatch_event_target" "this" {
  count = length(var.schedules)
  rule  = aws_cloudwatch_event_rule.this[count.index].id
  arn   = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"

  ecs_target {
    task_count          = count.index + 1
    task_definition_arn = aws_ecs_task_definition.batch.arn
  }
}
