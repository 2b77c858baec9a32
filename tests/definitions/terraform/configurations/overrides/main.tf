variable "v" {
  type    = string
  default = "main"
  description = "x"
}
locals {
  a = "main"
  b = "main"
}
module "m" {
  source = "./m"
  x = 1
  y = 2
}
output "all" { value = { v = var.v, a = local.a, b = local.b, m = module.m.sum } }
