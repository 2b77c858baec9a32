# A resource is named whole where the module has none of its type.

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
      subnets = [for one in aws_subnet.private : one.id]
    }
  }
}

resource "aws_ecs_task_definition" "report" {
  family                   = "report"
  cpu                      = "256"
  memory                   = "512"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  container_definitions    = jsonencode([{ name = "report", image = "${aws_ecr_repositry.report.repository_url}:1" }])
}
