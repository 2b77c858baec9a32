variable "name" {
  type = string
}

variable "command" {
  type    = list(string)
  default = []
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/ecs/${var.name}"
  retention_in_days = 30
}

resource "aws_ecs_task_definition" "this" {
  family = var.name
  container_definitions = jsonencode([{
    name    = var.name
    image   = "alpine:latest"
    memory  = 64
    command = var.command
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        "awslogs-group"  = aws_cloudwatch_log_group.this.name
        "awslogs-region" = "ap-northeast-1"
      }
    }
  }])
}

output "arn" {
  value = aws_ecs_task_definition.this.arn
}
