module "job" {
  source = "./job"
}

resource "aws_scheduler_schedule" "off" {
  for_each            = toset([])
  name                = each.key
  schedule_expression = "rate(1 hour)"
  target {
    arn      = "arn:aws:ecs:us-east-1:123456789012:cluster/jobs"
    role_arn = "arn:aws:iam::123456789012:role/scheduler"
    ecs_parameters {
      task_definition_arn = module.job.arn
    }
  }
  flexible_time_window { mode = "OFF" }
}
