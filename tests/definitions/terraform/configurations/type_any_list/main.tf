variable "a" {
  type = list(any)
  default = [1, "x", true]
}
variable "b" {
  type = map(list(any))
  default = { a = [1], b = ["x"] }
}
variable "c" {
  type = list(any)
  default = [{ a = 1 }, { a = "x" }]
}
variable "d" { 
  type = any
  default = [1, "x", { a = 1 }] 
}
output "all" { value = [var.a, var.b, var.c, var.d] }
