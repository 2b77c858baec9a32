variable "name" {}
variable "size" { type = number }
variable "tags" { type = set(string) }
output "full" { value = "${var.name}-${var.size}-${join("+", var.tags)}" }
output "size" { value = var.size * 10 }
output "tags" { value = var.tags }
