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

resource "aws_scheduler_schedule_group" "jobs" {
  name = "jobs"
}

resource "aws_scheduler_schedule" "morning" {
  name                         = "morning"
  group_name                   = aws_scheduler_schedule_group.jobs.name
  schedule_expression          = "cron(0 9 ? * MON-FRI *)"
  schedule_expression_timezone = "Asia/Tokyo"
  start_date                   = "2026-01-01T00:00:00Z"

  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 15
  }

  target {
    arn      = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"
    role_arn = "arn:aws:iam::123456789012:role/scheduler"
    input = jsonencode({
      containerOverrides = [{ name = "main", command = ["morning"] }]
    })

    ecs_parameters {
      task_definition_arn = trimsuffix(aws_ecs_task_definition.batch.arn, ":${aws_ecs_task_definition.batch.revision}")
      launch_type         = "FARGATE"

      network_configuration {
        subnets = ["subnet-1"]
      }
    }

    retry_policy {
      maximum_retry_attempts = 0
    }
  }
}

resource "aws_scheduler_schedule" "once" {
  name                = "once"
  schedule_expression = "at(2026-12-31T23:00:00)"
  state               = "DISABLED"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"
    role_arn = "arn:aws:iam::123456789012:role/scheduler"

    ecs_parameters {
      task_definition_arn = aws_ecs_task_definition.batch.arn
    }
  }
}
