variable "a" {
  type    = list(object({ a = any, b = optional(string, "B") }))
  default = [{ a = 1 }, { a = "x", b = null }]
}
variable "b" {
  type    = map(map(any))
  default = { x = { p = 1 }, y = { q = "t", r = true } }
}
variable "c" {
  type    = list(list(any))
  default = [[1], [], ["x", true]]
}
variable "d" {
  type    = map(tuple([any, string]))
  default = { x = [1, 2], y = [3, "b"] }
}
variable "e" {
  type    = set(list(any))
  default = [[1], [2]]
}
variable "f" {
  type    = object({ l = list(any), m = map(any) })
  default = { l = [1, "a"], m = { k = [1], j = ["s"] } }
}
variable "g" {
  type    = list(any)
  default = [{ a = 1, b = 2 }, { a = "x" }]
}
output "all" { value = [var.a, var.b, var.c, var.d, var.e, var.f, var.g] }
