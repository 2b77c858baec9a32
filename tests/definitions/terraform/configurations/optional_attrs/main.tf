variable "job" {
  type = object({
    name    = string
    cpu     = optional(number, 256)
    tags    = optional(map(string))
    env     = optional(map(string), {})
    net     = optional(object({
      subnets = optional(list(string), ["a"])
      public  = optional(bool)
    }), {})
    list    = optional(list(object({ n = string, v = optional(string, "x") })), [{ n = "d" }])
    tup     = optional(tuple([string, number]))
  })
  default = { name = "n" }
}
variable "jobs" {
  type = map(object({ a = optional(string, "A"), b = optional(number) }))
  default = { x = {}, y = { a = null, b = "3" } }
}
variable "any" {
  type = map(any)
  default = { a = 1, b = "x" }
}
output "all" { value = { job = var.job, jobs = var.jobs, any = var.any } }
