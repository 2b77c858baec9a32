# What a generator of Terraform from an account writes, and Terraform 0.11 had everywhere:
# numbers and truths in quotes, which the provider's types make numbers and truths again.

resource "aws_ecs_task_definition" "crawl" {
  family                   = "crawl"
  cpu                      = "256"
  memory                   = "512"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  execution_role_arn       = "arn:aws:iam::123456789012:role/execution"
  enable_fault_injection   = "false"
  track_latest             = "false"
  container_definitions    = "[{\"name\":\"main\",\"image\":\"alpine:3\",\"command\":[\"crawl\"],\"portMappings\":[{\"containerPort\":80}]}]"

  ephemeral_storage {
    size_in_gib = "30"
  }
}

resource "aws_ecs_task_definition" "shared" {
  family                   = "shared"
  memory                   = "512"
  requires_compatibilities = ["EC2"]
  container_definitions    = "[{\"name\":\"main\",\"image\":\"alpine:3\",\"mountPoints\":[{\"sourceVolume\":\"kept\",\"containerPath\":\"/kept\"}]}]"

  volume {
    name = "kept"

    docker_volume_configuration {
      scope         = "shared"
      autoprovision = "true"
      driver        = "local"
    }
  }
}

resource "aws_cloudwatch_event_rule" "crawl" {
  name                = "crawl"
  schedule_expression = "cron(0 18 * * ? *)"
  force_destroy       = "false"
}

resource "aws_cloudwatch_event_target" "crawl" {
  rule      = "crawl"
  target_id = "crawl"
  arn       = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"
  role_arn  = "arn:aws:iam::123456789012:role/events"
  input     = "{}"

  ecs_target {
    launch_type             = "FARGATE"
    enable_ecs_managed_tags = "false"
    enable_execute_command  = "true"
    task_count              = "2"
    task_definition_arn     = "arn:aws:ecs:ap-northeast-1:123456789012:task-definition/crawl:1"
  }

  retry_policy {
    maximum_event_age_in_seconds = "3600"
    maximum_retry_attempts       = "3"
  }
}

resource "aws_scheduler_schedule" "shared" {
  name                = "shared"
  schedule_expression = "rate(1 day)"

  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = "5"
  }

  target {
    arn      = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"
    role_arn = "arn:aws:iam::123456789012:role/scheduler"

    ecs_parameters {
      task_definition_arn = aws_ecs_task_definition.shared.arn

      capacity_provider_strategy {
        capacity_provider = "instances"
        base              = "1"
        weight            = "2"
      }
    }
  }
}

resource "aws_cloudwatch_event_rule" "mistaken" {
  name                = "mistaken"
  schedule_expression = "rate(1 day)"
}

resource "aws_cloudwatch_event_target" "mistaken" {
  rule     = "mistaken"
  arn      = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"
  role_arn = "arn:aws:iam::123456789012:role/events"

  ecs_target {
    task_definition_arn    = aws_ecs_task_definition.shared.arn
    enable_execute_command = "sometimes"
  }
}
