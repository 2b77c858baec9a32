variable "l" { type = list(number) }
variable "m" { type = map(list(string)) }
variable "o" {
  type = object({ a = string, b = optional(bool, false) })
  default = { a = "d" }
}
variable "any" {
  type = any
  default = "d"
}
variable "untyped" { default = "d" }
variable "num" { 
  type = number 
  default = 1
}
variable "s" {
  type = string
  default = ""
}
output "all" { value = [var.l, var.m, var.o, var.any, var.untyped, var.num, var.s] }
