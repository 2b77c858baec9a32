variable "given" {}
locals { t = [var.given, var.given] }
output "twice" { value = local.t }
output "sens" { 
  value = "s"
}
