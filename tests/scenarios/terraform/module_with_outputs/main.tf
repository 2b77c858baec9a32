module "task" {
  source = "./modules/task"

  name    = "report"
  command = ["report", "--day", "yesterday"]
}

module "schedule" {
  source   = "./modules/schedule"
  for_each = toset(["rate(1 hour)", "rate(1 day)"])

  name                = replace(replace(each.value, "/[()]/", ""), " ", "-")
  schedule_expression = each.value
  task_definition_arn = module.task.arn
}
