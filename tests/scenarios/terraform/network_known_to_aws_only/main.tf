# Nothing of a target's network has an effect here: a rule does not need to know it.
data "terraform_remote_state" "platform" {
  backend = "s3"
  config  = { bucket = "states", key = "platform" }
}

locals {
  platform = data.terraform_remote_state.platform.outputs
}

resource "aws_ecs_task_definition" "sweep" {
  family                = "sweep"
  container_definitions = jsonencode([{ name = "main", image = "alpine:3.20", memory = 64 }])
}

resource "aws_scheduler_schedule" "sweep" {
  name                = "sweep"
  schedule_expression = "rate(6 hours)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = local.platform.cluster_arn
    role_arn = local.platform.role_arn

    ecs_parameters {
      task_definition_arn = aws_ecs_task_definition.sweep.arn
      launch_type         = "FARGATE"

      network_configuration {
        subnets          = local.platform.subnets
        security_groups  = [local.platform.security_group]
        assign_public_ip = local.platform.in_public_subnets
      }
    }
  }
}
