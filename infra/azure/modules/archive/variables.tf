variable "resource_group_name" {
  description = "An existing resource group: one that no cluster's administrator administers."
  type        = string
}

variable "location" {
  description = "Where the account lies: the clusters' own region, since diagnostic settings write into no other."
  type        = string
}

variable "account" {
  description = "The storage account's name."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]{3,24}$", var.account))
    error_message = "account is 3 to 24 lower case letters and digits."
  }
}

variable "clusters" {
  description = "Resource ids of the AKS clusters whose audit logs are kept."
  type        = set(string)

  validation {
    condition = alltrue([for id in var.clusters : can(regex(
      "^/subscriptions/[0-9a-f-]{36}/resourceGroups/[^/]+/providers/Microsoft.ContainerService/managedClusters/[^/]+$", id
    ))])
    error_message = "clusters holds resource ids of managed clusters, spelled as Azure spells them."
  }
}

variable "category" {
  description = "kube-audit records everything, kube-audit-admin no get and list. Both would record each write twice."
  type        = string
  default     = "kube-audit"

  validation {
    condition     = contains(["kube-audit", "kube-audit-admin"], var.category)
    error_message = "category is kube-audit or kube-audit-admin."
  }
}

variable "retention_days" {
  description = "How long nobody can delete or overwrite an archived blob."
  type        = number
  default     = 400

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 146000
    error_message = "retention_days is 1 to 146000."
  }
}

variable "lock" {
  description = "True locks the retention: it can then never be shortened or removed, by anybody. False while trying."
  type        = bool
}

variable "delete_after_days" {
  description = "When blobs are deleted; null: never. Must be after the retention."
  type        = number
  default     = null

  validation {
    condition     = var.delete_after_days == null || coalesce(var.delete_after_days, 0) > var.retention_days
    error_message = "delete_after_days is more than retention_days."
  }
}

variable "replication" {
  description = "How the account is replicated, e.g. ZRS or GZRS."
  type        = string
  default     = "ZRS"

  validation {
    condition     = contains(["LRS", "ZRS", "GRS", "GZRS", "RAGRS", "RAGZRS"], var.replication)
    error_message = "replication is LRS, ZRS, GRS, GZRS, RAGRS or RAGZRS."
  }
}

variable "shared_keys" {
  description = "Whether the account's keys work. False is stricter; see that records still arrive, no document promises it."
  type        = bool
  default     = true
}
