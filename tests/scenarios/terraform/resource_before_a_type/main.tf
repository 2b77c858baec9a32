# A reference to a resource may begin with the word itself, as one to a data source does.

resource "aws_cloudwatch_log_group" "report" {
  name = "/ecs/report"
}

resource "aws_ecs_task_definition" "report" {
  family = "report"

  container_definitions = jsonencode([{
    name   = "report"
    image  = "alpine:3.20"
    memory = 64

    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = resource.aws_cloudwatch_log_group.report.name
        awslogs-region        = "ap-northeast-1"
        awslogs-stream-prefix = "report"
      }
    }
  }])
}

resource "aws_cloudwatch_event_rule" "report" {
  for_each            = { early = "rate(6 hours)", late = "rate(7 hours)" }
  name                = "report-${each.key}"
  schedule_expression = each.value
}

resource "aws_cloudwatch_event_target" "report" {
  for_each = resource.aws_cloudwatch_event_rule.report
  rule     = each.value.name
  arn      = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"
  role_arn = resource.aws_iam_role.events.arn

  ecs_target {
    task_definition_arn = resource.aws_ecs_task_definition.report.arn
    task_count          = length([for resource in ["a"] : resource])
  }
}

resource "aws_cloudwatch_event_rule" "lost" {
  name                = resource.aws_cloudwatch_event_rule.repot["early"].name
  schedule_expression = "rate(8 hours)"
}

resource "aws_iam_role" "events" {
  name = "events"
}
