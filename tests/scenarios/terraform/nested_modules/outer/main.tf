variable "name" {}

module "inner" {
  source   = "../inner"
  settings = { name = var.name, image = "alpine:latest" }
}

output "family" {
  value = module.inner.task.family
}
