locals {
  built = formatdate("YYYYMMDD", timestamp())
  fresh = timecmp(timestamp(), "2020-01-01T00:00:00Z") > 0 ? "fresh" : "stale"
}

resource "aws_ecs_task_definition" "report" {
  family                   = "report"
  cpu                      = 256
  memory                   = 512
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  execution_role_arn       = "arn:aws:iam::123456789012:role/execution"
  container_definitions    = <<-JSON
    [
      {
        "name": "main",
        "image": "report:${local.built}",
        "environment": [
          { "name": "DEPLOYED", "value": "${timestamp()}" },
          { "name": "HOST", "value": "${aws_db_instance.main.address} at ${timestamp()}" },
          { "name": "STATE", "value": "${local.fresh}" }
        ]
      }
    ]
  JSON
}

resource "aws_scheduler_schedule" "from_now_on" {
  name                = "from-now-on"
  schedule_expression = "rate(1 hours)"
  start_date          = timestamp()
  end_date            = timeadd(timestamp(), "720h")

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"
    role_arn = "arn:aws:iam::123456789012:role/scheduler"

    ecs_parameters {
      task_definition_arn = aws_ecs_task_definition.report.arn
      launch_type         = "FARGATE"

      network_configuration {
        subnets = ["subnet-1"]
      }
    }
  }
}

resource "aws_scheduler_schedule" "once" {
  name                = "once"
  schedule_expression = "at(${formatdate("YYYY-MM-DD'T'hh:mm:ss", timeadd(timestamp(), "1h"))})"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"
    role_arn = "arn:aws:iam::123456789012:role/scheduler"

    ecs_parameters {
      task_definition_arn = aws_ecs_task_definition.report.arn
    }
  }
}

resource "aws_db_instance" "main" {
  engine = "postgres"
}
