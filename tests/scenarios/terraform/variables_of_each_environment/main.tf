variable "env" {
  type = string
}

variable "schedule" {
  type = string
}

resource "aws_ecs_task_definition" "batch" {
  family                = "batch"
  container_definitions = jsonencode([{ name = "main", image = "alpine:3" }])
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "${var.env}-nightly"
  schedule_expression = var.schedule
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule     = aws_cloudwatch_event_rule.nightly.name
  arn      = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"
  role_arn = "arn:aws:iam::123456789012:role/events"

  ecs_target {
    task_definition_arn = aws_ecs_task_definition.batch.arn
  }
}
