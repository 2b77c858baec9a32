# A rule is not refused for the roles it names, and what cannot be read of them is told.

resource "aws_cloudwatch_event_rule" "report" {
  name                = "report"
  schedule_expression = "rate(6 hours)"
}

resource "aws_cloudwatch_event_target" "report" {
  rule     = aws_cloudwatch_event_rule.report.name
  arn      = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"
  role_arn = aws_iam_role.events.arn

  ecs_target {
    launch_type         = "FARGATE"
    task_definition_arn = aws_ecs_task_definition.report.arn

    network_configuration {
      subnets = ["subnet-1"]
    }
  }
}

resource "aws_ecs_task_definition" "report" {
  family                   = "report"
  cpu                      = "256"
  memory                   = "512"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  container_definitions    = jsonencode([{ name = "report", image = "alpine:3.20" }])
}

resource "aws_iam_role" "events" {
  name               = "events"
  assume_role_policy = file("policies/trust.json")
}

resource "aws_iam_role_policy" "events" {
  role   = aws_iam_role.events.name
  policy = <<-EOT
    { "Statement": [{ "Effect": "Allow", "Action": "ecs:RunTask" "Resource": "*" }] }
  EOT
}
