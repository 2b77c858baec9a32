variable "x" {}
variable "y" {}
output "sum" { value = var.x + var.y }
