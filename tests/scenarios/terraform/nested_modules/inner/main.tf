variable "settings" {
  type = object({
    name  = string
    image = string
  })
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.settings.name
  cpu                      = 256
  memory                   = 512
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  execution_role_arn       = "arn:aws:iam::123456789012:role/execution"
  container_definitions    = jsonencode([merge({ essential = true }, var.settings)])
}

resource "aws_cloudwatch_event_rule" "this" {
  name                = "${var.settings.name}-rule"
  schedule_expression = "cron(0 18 * * ? *)"
}

resource "aws_cloudwatch_event_target" "this" {
  rule     = aws_cloudwatch_event_rule.this.name
  arn      = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"
  role_arn = "arn:aws:iam::123456789012:role/events"

  ecs_target {
    launch_type         = "FARGATE"
    task_definition_arn = aws_ecs_task_definition.this.arn
  }
}

output "task" {
  value = aws_ecs_task_definition.this
}
