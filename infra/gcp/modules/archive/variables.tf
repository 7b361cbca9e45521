variable "project" {
  description = "The project that owns the archive: one that no cluster's administrator administers."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "project is an id like logs-prod."
  }
}

variable "bucket" {
  description = "The bucket's name."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "bucket is a Cloud Storage bucket's name, without gs://."
  }
}

variable "location" {
  description = "Where the bucket lies, e.g. EU or europe-west3."
  type        = string
}

variable "source_scope" {
  description = "Whose audit logs are exported: organizations/NUMBER, folders/NUMBER or projects/ID, with all below it."
  type        = string

  validation {
    condition     = can(regex("^(organizations/[0-9]+|folders/[0-9]+|projects/[a-z][a-z0-9-]{4,28}[a-z0-9])$", var.source_scope))
    error_message = "source_scope is organizations/NUMBER, folders/NUMBER or projects/ID."
  }
}

variable "retention_days" {
  description = "How long nobody can delete or overwrite an archived object."
  type        = number
  default     = 400

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 36500
    error_message = "retention_days is 1 to 36500."
  }
}

variable "lock" {
  description = "True locks the retention: it can then never be shortened or removed, by anybody. False while trying."
  type        = bool
}

variable "delete_after_days" {
  description = "When objects are deleted; null: never. Must be after the retention."
  type        = number
  default     = null

  validation {
    condition     = var.delete_after_days == null || coalesce(var.delete_after_days, 0) > var.retention_days
    error_message = "delete_after_days is more than retention_days."
  }
}

variable "kms_key" {
  description = "A Cloud KMS key for the bucket; null: Google's own. Who can destroy it can destroy the archive."
  type        = string
  default     = null
}
