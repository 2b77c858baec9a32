variable "k" {}
variable "v" {}
output "kv" { value = "${var.k}=${var.v}" }
