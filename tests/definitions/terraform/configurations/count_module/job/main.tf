variable "name" {}
variable "prior" {
  default  = "nobody"
  nullable = true
}
output "name" { value = var.name }
output "prior" { value = var.prior }
