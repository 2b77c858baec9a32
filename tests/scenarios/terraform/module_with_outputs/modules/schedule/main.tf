resource "aws_cloudwatch_event_rule" "this" {
  name                = "batch-${var.name}"
  schedule_expression = var.schedule_expression
}

resource "aws_cloudwatch_event_target" "this" {
  rule = aws_cloudwatch_event_rule.this.name
  arn  = var.cluster_arn
  ecs_target {
    task_definition_arn = var.task_definition_arn
  }
}
