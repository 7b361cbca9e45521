# The archive module: nobody changes what arrived, the clusters can still append, and each cluster's log goes there.

mock_provider "azurerm" {}

variables {
  resource_group_name = "example-audit-archive"
  location            = "germanywestcentral"
  account             = "exampleaksaudit"
  lock                = true
  clusters = [
    "/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/shop/providers/Microsoft.ContainerService/managedClusters/prod",
    "/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/shop/providers/Microsoft.ContainerService/managedClusters/test",
  ]
}

run "locked_for_its_term_and_appended_to" {
  module {
    source = "./modules/archive"
  }
  assert {
    condition     = azurerm_storage_container_immutability_policy.archive.locked && azurerm_storage_container_immutability_policy.archive.immutability_period_in_days == 400
    error_message = "the retention is not locked for its term"
  }
  assert {
    condition     = azurerm_storage_container_immutability_policy.archive.protected_append_writes_enabled
    error_message = "nothing would arrive"
  }
  assert {
    condition     = azurerm_storage_container.archive.name == "insights-logs-kube-audit"
    error_message = "Azure would write into another container, which is not immutable"
  }
  assert {
    condition     = { for id, setting in azurerm_monitor_diagnostic_setting.archive : id => [for log in setting.enabled_log : log.category] } == { for id in var.clusters : id => ["kube-audit"] }
    error_message = "a cluster's audit log goes nowhere, or twice"
  }
  assert {
    condition     = length(azurerm_storage_management_policy.archive) == 0
    error_message = "something is deleted that nobody asked for"
  }
}

run "writes_only_has_a_container_of_its_own" {
  module {
    source = "./modules/archive"
  }
  variables {
    category = "kube-audit-admin"
  }
  assert {
    condition     = azurerm_storage_container.archive.name == "insights-logs-kube-audit-admin" && output.path == "az://exampleaksaudit/insights-logs-kube-audit-admin/"
    error_message = "another container"
  }
}

run "a_category_without_verbs_is_refused" {
  command = plan
  module {
    source = "./modules/archive"
  }
  variables {
    category = "guard"
  }
  expect_failures = [var.category]
}

run "deletion_before_the_term_is_refused" {
  command = plan
  module {
    source = "./modules/archive"
  }
  variables {
    delete_after_days = 30
  }
  expect_failures = [var.delete_after_days]
}

run "the_example_fits_together" {
  command = plan
  module {
    source = "./examples/management-group"
  }
}
