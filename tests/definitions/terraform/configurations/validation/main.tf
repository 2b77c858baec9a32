variable "min" { default = 1 }
variable "max" {
  type    = number
  default = 10
  validation {
    condition     = var.max > var.min
    error_message = "max ${var.max} must be above ${var.min}"
  }
  validation {
    condition     = floor(var.max) == var.max
    error_message = "whole"
  }
}
variable "name" {
  default = "job"
  validation {
    condition     = can(regex("^[a-z]+$", var.name))
    error_message = "bad name"
  }
  validation {
    condition     = length(var.name) <= local.longest
    error_message = "too long"
  }
}
locals { longest = 5 + var.min }
variable "env" {
  default = null
  validation {
    condition     = var.env == null ? true : contains(["dev", "prod"], var.env)
    error_message = "env"
  }
}
output "all" { value = [var.min, var.max, var.name, var.env] }
