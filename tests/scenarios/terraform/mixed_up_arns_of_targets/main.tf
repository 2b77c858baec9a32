# What a target names by an ARN, and what by a name.
resource "aws_ecs_cluster" "main" {
  name = "main"
}

resource "aws_iam_role" "events" {
  name = "events"
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "nightly"
  schedule_expression = "cron(0 18 * * ? *)"
}

resource "aws_ecs_task_definition" "batch" {
  family                = "batch"
  container_definitions = jsonencode([{ name = "main", image = "app:1", memory = 64 }])
}

resource "aws_cloudwatch_event_target" "task_definition_for_cluster" {
  rule     = aws_cloudwatch_event_rule.nightly.name
  arn      = aws_ecs_task_definition.batch.arn
  role_arn = aws_iam_role.events.arn

  ecs_target {
    task_definition_arn = aws_ecs_task_definition.batch.arn
  }
}

resource "aws_cloudwatch_event_target" "name_of_the_cluster" {
  rule     = aws_cloudwatch_event_rule.nightly.name
  arn      = aws_ecs_cluster.main.name
  role_arn = aws_iam_role.events.arn

  ecs_target {
    task_definition_arn = aws_ecs_task_definition.batch.arn
  }
}

resource "aws_cloudwatch_event_target" "arn_for_name" {
  rule     = aws_cloudwatch_event_rule.nightly.arn
  arn      = aws_ecs_cluster.main.id
  role_arn = aws_iam_role.events.arn

  ecs_target {
    task_definition_arn = aws_ecs_task_definition.batch.arn
  }
}
