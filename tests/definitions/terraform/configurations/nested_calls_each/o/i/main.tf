variable "v" {}
variable "n" {}
output "r" { value = tonumber(var.v) * var.n }
