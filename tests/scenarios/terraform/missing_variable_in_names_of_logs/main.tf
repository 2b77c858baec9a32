# Tasks can run without the name of their log group: the variable is told to be missing.
variable "env" {}
variable "log_group" {}

data "aws_region" "current" {}

resource "aws_cloudwatch_log_group" "declared" {
  name = "/ecs/${var.env}/declared"
}

resource "aws_ecs_task_definition" "batch" {
  for_each = {
    given    = var.log_group
    declared = aws_cloudwatch_log_group.declared.name
  }

  family = each.key
  container_definitions = jsonencode([{
    name   = "main"
    image  = "app:1"
    memory = 64
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = each.value
        awslogs-region        = data.aws_region.current.name
        awslogs-stream-prefix = var.env
      }
    }
  }])
}
