# What Terraform refuses as an unsupported argument; what may be new to us is left alone.
variable "image_tag" {
  default = "1"
}

locals {
  jobs = ["a", "b"]
}

resource "aws_ecs_task_definition" "batch" {
  family                 = "batch"
  container_definitions  = jsonencode([{ name = "main", image = "app:${var.image_tag}", memory = 64 }])
  task_role              = "arn:aws:iam::000000000000:role/task"
  something_of_next_year = true

  runtime_platform {
    cpu_arch = "ARM64"
  }
}

resource "aws_cloudwatch_event_rule" "nightly" {
  foreach = toset(local.jobs)

  name                = "nightly"
  schedule_expression = "cron(0 18 * * ? *)"

  lifecycle {
    ignore_change = [description]
  }
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule = aws_cloudwatch_event_rule.nightly.name
  arn  = "arn:aws:ecs:us-east-1:000000000000:cluster/main"

  ecs_target {
    task_definition_arn = aws_ecs_task_definition.batch.arn
    launchtype          = "FARGATE"

    dynamic "network_configuration" {
      for_each = local.jobs
      content {
        subnets            = ["subnet-1"]
        security_group_ids = ["sg-1"]
      }
    }
  }
}
