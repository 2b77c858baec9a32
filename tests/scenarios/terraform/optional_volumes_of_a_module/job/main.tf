variable "name" {
  type = string
}

variable "mounts" {
  type = list(object({
    volume = string
    system = string
    path   = string
  }))
}

variable "target" {
  type    = any
  default = null
}

locals {
  containers = [{ name = var.name, mounts = var.mounts }, { name = "helper", mounts = var.mounts }]
  volumes    = distinct(flatten([for container in local.containers : container.mounts]))
}

resource "aws_ecs_task_definition" "job" {
  family                   = var.name
  cpu                      = 256
  memory                   = 512
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  execution_role_arn       = "arn:aws:iam::123456789012:role/execution"
  container_definitions = jsonencode([for container in local.containers : {
    name        = container.name
    image       = "archive:1"
    mountPoints = [for mount in container.mounts : {
      sourceVolume  = mount.volume
      containerPath = mount.path
    }]
  }])

  dynamic "volume" {
    for_each = local.volumes

    content {
      name = volume.value.volume

      efs_volume_configuration {
        file_system_id = volume.value.system
      }
    }
  }
}

resource "aws_cloudwatch_event_rule" "job" {
  name                = var.name
  schedule_expression = "rate(1 day)"
}

resource "aws_cloudwatch_event_target" "job" {
  rule     = aws_cloudwatch_event_rule.job.name
  arn      = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"
  role_arn = "arn:aws:iam::123456789012:role/events"

  dynamic "ecs_target" {
    for_each = var.target != null ? [var.target] : []

    content {
      launch_type         = "FARGATE"
      group               = ecs_target.value.group
      task_definition_arn = aws_ecs_task_definition.job.arn
    }
  }
}
