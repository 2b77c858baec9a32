variable "jobs" {
  type = map(object({
    schedule = string
    command  = list(string)
    cpu      = optional(number, 256)
    env      = optional(map(string), {})
    enabled  = optional(bool, true)
  }))
  default = {
    daily  = { schedule = "cron(0 0 * * ? *)", command = ["daily"] }
    hourly = { schedule = "rate(1 hour)", command = ["hourly"], cpu = "512", env = { N = 1 }, enabled = false }
  }
}

resource "aws_ecs_task_definition" "job" {
  for_each = var.jobs

  family                   = "job-${each.key}"
  cpu                      = each.value.cpu
  memory                   = 1024
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  container_definitions = jsonencode([{
    name        = each.key
    image       = "alpine:latest"
    command     = each.value.command
    environment = [for k, v in each.value.env : { name = k, value = v }]
  }])
}

resource "aws_cloudwatch_event_rule" "job" {
  for_each = var.jobs

  name                = each.key
  schedule_expression = each.value.schedule
  state               = each.value.enabled ? "ENABLED" : "DISABLED"
}

resource "aws_cloudwatch_event_target" "job" {
  for_each = aws_cloudwatch_event_rule.job

  rule      = each.value.name
  target_id = each.key
  arn       = aws_ecs_cluster.this.arn

  ecs_target {
    task_definition_arn = aws_ecs_task_definition.job[each.key].arn
  }
}

resource "aws_ecs_cluster" "this" {
  name = "jobs"
}
