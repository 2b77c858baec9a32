variable "enabled" {
  default = false
}

resource "aws_ecs_task_definition" "job" {
  family                = "job"
  container_definitions = jsonencode([{ name = "main", image = "alpine", memory = 64 }])
}

resource "aws_cloudwatch_event_rule" "nightly" {
  count               = var.enabled ? 1 : 0
  name                = "nightly"
  schedule_expression = "rate(1 day)"
}

output "arn" {
  value = aws_ecs_task_definition.job.arn
}
