resource "aws_ecs_task_definition" "report" {
  family                = "report"
  container_definitions = jsonencode([{ name = "report", image = "report:1", memory = 64 }])
}

resource "aws_ecs_task_definition" "web" {
  family = "shop"
  container_definitions = jsonencode([{
    name         = "web"
    image        = aws_ecr_repository.shop.repository_url
    memory       = 64
    portMappings = [{ containerPort = aws_lb_target_group.shop.port }]
  }])
}

resource "aws_ecs_task_definition" "batch" {
  family                = "shop"
  container_definitions = jsonencode([{ name = "batch", image = "shop:1", memory = 64 }])
}

resource "aws_ecs_task_definition" "console" {
  family                = "shop"
  container_definitions = jsonencode([{ name = "console", image = "shop:1", memory = 64 }])
}

resource "aws_ecr_repository" "shop" {
  name = "shop"
}

resource "aws_lb_target_group" "shop" {
  name = "shop"
}

resource "aws_cloudwatch_event_rule" "job" {
  for_each = {
    batch  = aws_ecs_task_definition.batch.arn
    report = aws_ecs_task_definition.report.arn
  }

  name                = each.key
  schedule_expression = "rate(1 day)"
  description         = each.value
}

resource "aws_cloudwatch_event_target" "job" {
  for_each = aws_cloudwatch_event_rule.job

  rule     = each.value.name
  arn      = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"
  role_arn = "arn:aws:iam::123456789012:role/events"

  ecs_target {
    task_definition_arn = each.value.description
  }
}
