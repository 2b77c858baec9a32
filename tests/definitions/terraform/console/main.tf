variable "text" {
  default = "abc"
}
variable "typed" {
  type = object({
    name = string
    cpu  = optional(number, 256)
    tags = optional(map(string), {})
    more = optional(list(string))
  })
  default = { name = "x", extra = true }
}
variable "numbers" {
  type    = list(string)
  default = [1, 2, 3]
}
variable "chosen" {
  type    = set(string)
  default = ["b", "a", "b"]
}
locals {
  names = {
    name  = "World"
    list  = ["a", "b"]
    map   = { x = 1, y = 2 }
    yes   = true
    no    = false
    empty = []
    n     = 3
  }
  jobs = {
    nightly = { cron = "0 3 * * ? *", on = true }
    hourly  = { cron = "0 * * * ? *", on = false }
  }
  people = [{ name = "z", n = 1 }, { name = "y", n = 2 }, { name = "x", n = 1 }]
  flush  = <<-EOT
      two
    zero
        four ${local.names.name}
    EOT
  template = "Hello $${path.module}"
  plain = <<EOT
  kept
EOT
  directives = <<-EOT
    %{ for item in local.names.list ~}
    - ${item}
    %{ endfor ~}
    %{ if local.names.yes }yes%{ else }no%{ endif }
  EOT
}
