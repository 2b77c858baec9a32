# jsonencode writes < and > as \u003c and \u003e, which are no placeholders to AWS; what undoes
# that, or is written as text, has placeholders.

locals {
  identified = jsonencode({
    containerOverrides = [{
      name        = "main"
      environment = [{ name = "ID", value = "<aws.scheduler.execution-id>" }]
    }]
  })
}

resource "aws_ecs_task_definition" "job" {
  family                = "job"
  container_definitions = jsonencode([{ name = "main", image = "alpine:3", memory = 64 }])
}

resource "aws_scheduler_schedule" "escaped" {
  name                = "escaped"
  schedule_expression = "rate(1 hour)"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = "arn:aws:ecs:us-east-1:123456789012:cluster/jobs"
    role_arn = "arn:aws:iam::123456789012:role/events"
    input    = local.identified
    ecs_parameters {
      task_definition_arn = aws_ecs_task_definition.job.arn
    }
  }
}

resource "aws_scheduler_schedule" "undone" {
  name                = "undone"
  schedule_expression = "rate(1 hour)"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = "arn:aws:ecs:us-east-1:123456789012:cluster/jobs"
    role_arn = "arn:aws:iam::123456789012:role/events"
    input    = replace(replace(local.identified, "\\u003c", "<"), "\\u003e", ">")
    ecs_parameters {
      task_definition_arn = aws_ecs_task_definition.job.arn
    }
  }
}

resource "aws_scheduler_schedule" "universal" {
  name                = "universal"
  schedule_expression = "rate(1 hour)"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = "arn:aws:scheduler:::aws-sdk:ecs:runTask"
    role_arn = "arn:aws:iam::123456789012:role/events"
    input = jsonencode({
      Cluster        = "jobs"
      TaskDefinition = aws_ecs_task_definition.job.family
      Overrides = { ContainerOverrides = [{
        Name        = "main"
        Environment = [{ Name = "AT", Value = "<aws.scheduler.scheduled-time>" }]
      }] }
    })
  }
}

resource "aws_cloudwatch_event_rule" "template" {
  name                = "template"
  schedule_expression = "rate(1 hour)"
}

resource "aws_cloudwatch_event_target" "template" {
  rule     = aws_cloudwatch_event_rule.template.name
  arn      = "arn:aws:ecs:us-east-1:123456789012:cluster/jobs"
  role_arn = "arn:aws:iam::123456789012:role/events"

  input_transformer {
    input_paths = { time = "$.time" }
    input_template = jsonencode({
      containerOverrides = [{
        name        = "main"
        environment = [{ name = "AT", value = "<time>" }]
      }]
    })
  }
  ecs_target {
    task_definition_arn = aws_ecs_task_definition.job.arn
  }
}
