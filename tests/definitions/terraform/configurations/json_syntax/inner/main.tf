variable "x" { type = set(string) }
variable "tuple" {
  type    = tuple([string, number])
  default = [1, "2"]
}
output "y" { value = [var.x, var.tuple, path.module, abspath("x") == abspath("./x")] }
