variable "a" { default = "A" }
variable "b" {
  default  = "B"
  nullable = false
}
variable "c" {
  type    = list(string)
  default = ["C"]
  nullable = false
}
variable "d" {
  type    = object({ x = optional(string, "X") })
  default = {}
}
output "all" { value = [var.a, var.b, var.c, var.d] }
