variable "l" { type = list(string) }
variable "m" { type = map(string) }
variable "t" { type = tuple([string, string]) }
variable "o" { type = object({ a = string }) }
output "l" { value = var.l }
output "m" { value = var.m }
output "t" { value = var.t }
output "o" { value = var.o }
