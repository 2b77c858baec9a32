variable "name" { type = string }
variable "up" { type = string }
variable "maybe" {
  default = "default"
}
module "b" {
  source = "../b"
  given = "${var.name}-${var.up}"
}
output "out" { value = [var.name, var.up, var.maybe, module.b.twice, path.module] }
output "rest" { value = module.b }
