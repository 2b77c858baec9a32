variable "token" {}

resource "random_password" "made_up" {
  length = 20
}

resource "aws_ssm_parameter" "user" {
  name  = "/${terraform.workspace}/db/username"
  type  = "String"
  value = "root"
}

resource "aws_ssm_parameter" "password" {
  name  = "/db/password"
  type  = "SecureString"
  value = random_password.made_up.result
}

resource "aws_ssm_parameter" "token" {
  name  = "/api/token"
  type  = "SecureString"
  value = var.token
}

# Whoever applies this sets the value by hand afterwards.
resource "aws_ssm_parameter" "by_hand" {
  name  = "/api/by-hand"
  type  = "SecureString"
  value = "uninitialized"

  lifecycle {
    ignore_changes = [value]
  }
}

resource "aws_secretsmanager_secret" "db" {
  name = "prod/db"
}

resource "aws_secretsmanager_secret_version" "db" {
  secret_id     = aws_secretsmanager_secret.db.id
  secret_string = jsonencode({ username = "root", port = 5432 })
}

resource "aws_secretsmanager_secret" "elsewhere" {
  name_prefix = "prod-api-"
}

resource "aws_ecs_task_definition" "batch" {
  family                   = "batch"
  cpu                      = 256
  memory                   = 512
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  execution_role_arn       = "arn:aws:iam::123456789012:role/execution"
  container_definitions = jsonencode([{
    name  = "main"
    image = "alpine:3.20"
    secrets = [
      { name = "USER", valueFrom = aws_ssm_parameter.user.arn },
      { name = "PORT", valueFrom = "${aws_secretsmanager_secret_version.db.arn}:port::" },
      { name = "API", valueFrom = aws_secretsmanager_secret.elsewhere.arn },
    ]
  }])
}
