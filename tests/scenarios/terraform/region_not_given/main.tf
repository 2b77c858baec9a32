variable "region" {}

provider "aws" {
  region = var.region
}

data "aws_region" "current" {}

resource "aws_ecs_task_definition" "job" {
  family                = "job"
  container_definitions = jsonencode([{
    name = "main", image = "alpine", memory = 64,
    environment = [{ name = "REGION", value = data.aws_region.current.region }]
  }])
}
