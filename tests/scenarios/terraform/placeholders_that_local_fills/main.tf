# What only AWS knows is not warned of where ecs-local.yaml says what runs here in its place.

resource "aws_ecr_repository" "report" {
  name = "report"
}

resource "aws_db_instance" "main" {
  identifier = "main"
}

resource "aws_ecs_task_definition" "report" {
  family = "report"

  container_definitions = jsonencode([
    {
      name   = "report"
      image  = "${aws_ecr_repository.report.repository_url}:1"
      memory = 128
      environment = [
        { name = "DB_HOST", value = aws_db_instance.main.address },
        { name = "DB_URL", value = "postgres://${aws_db_instance.main.endpoint}/main" },
        { name = "STAGE", value = "production" },
      ]
    },
    {
      name        = "envoy"
      image       = "${aws_ecr_repository.report.repository_url}:envoy"
      memory      = 64
      environment = [{ name = "DB_HOST", value = "db.example.com" }]
    },
  ])
}
