# A connection string holds a password beside an address that only AWS knows: what is told of it
# is the address alone. The service's task definition is none that a rule runs.

variable "password" {
  type      = string
  sensitive = true
}

resource "aws_db_instance" "main" {
  password = var.password
}

resource "aws_ecs_task_definition" "nightly" {
  family = "nightly"
  container_definitions = jsonencode([{
    name  = "main"
    image = "alpine:3"
    environment = [
      { name = "DATABASE_URL", value = "postgres://app:${var.password}@${aws_db_instance.main.endpoint}/app" },
    ]
  }])
}

resource "aws_ecs_task_definition" "service" {
  family = "service"
  container_definitions = jsonencode([{
    name  = "main"
    image = "${aws_ecr_repository.service.repository_url}:v1"
  }])
}

resource "aws_ecr_repository" "service" {
  name = "service"
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "nightly"
  schedule_expression = "cron(0 18 * * ? *)"
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule     = aws_cloudwatch_event_rule.nightly.name
  arn      = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/jobs"
  role_arn = "arn:aws:iam::123456789012:role/events"

  input = jsonencode({
    containerOverrides = [{
      name        = "main"
      environment = [{ name = "LOGIN", value = "${var.password}@${aws_db_instance.main.address}" }]
    }]
  })

  ecs_target {
    task_definition_arn = aws_ecs_task_definition.nightly.arn
  }
}
