# Each function writes what it counted as a line of its log: {"metric": name, "value": number}.
resource "azurerm_log_analytics_workspace" "dayseal" {
  name                         = "${var.name}-logs"
  resource_group_name          = azurerm_resource_group.dayseal.name
  location                     = azurerm_resource_group.dayseal.location
  sku                          = "PerGB2018"
  retention_in_days            = 90
  local_authentication_enabled = false
}

resource "azurerm_application_insights" "dayseal" {
  name                          = "${var.name}-insights"
  resource_group_name           = azurerm_resource_group.dayseal.name
  location                      = azurerm_resource_group.dayseal.location
  workspace_id                  = azurerm_log_analytics_workspace.dayseal.id
  application_type              = "other"
  local_authentication_disabled = true
}

resource "azurerm_role_assignment" "tells" {
  for_each             = local.apps
  scope                = azurerm_application_insights.dayseal.id
  role_definition_name = "Monitoring Metrics Publisher"
  principal_id         = local.principal[each.key]
  principal_type       = "ServicePrincipal"
}

locals {
  lines = "AppTraces | where AppRoleName startswith '${var.name}-' and Message startswith '{' | extend line = parse_json(Message)"
}

# The pulse reads the ledger every hour and says how long ago the newest day ended of which the roll was called. One row
# comes out where nothing at all was heard, too: missing data breaches.
resource "azurerm_monitor_scheduled_query_rules_alert_v2" "roll_call" {
  name                    = "${var.name}-no-roll-call"
  display_name            = "dayseal: no roll-call"
  description             = "No roll-call means that nobody counted which clusters' days are missing. dayseal gaps lists them; dayseal doctor names submissions that are in no checkpoint."
  resource_group_name     = azurerm_resource_group.dayseal.name
  location                = azurerm_resource_group.dayseal.location
  scopes                  = [azurerm_log_analytics_workspace.dayseal.id]
  severity                = 1
  evaluation_frequency    = "PT1H"
  window_duration         = "PT3H"
  auto_mitigation_enabled = true
  skip_query_validation   = true # the table is not there before the first line

  criteria {
    query                   = <<-KQL
      ${local.lines}
      | summarize asked = countif(tostring(line.metric) == "PulseClusters"),
                  age = maxif(todouble(line.value), tostring(line.metric) == "RollCallAge")
      | where asked == 0 or age > ${50 * 3600}
    KQL
    time_aggregation_method = "Count"
    operator                = "GreaterThan"
    threshold               = 0
  }

  action {
    action_groups = sort(tolist(var.action_groups))
  }
}

# The pulse says how long ago, since no window of an alert is a week long.
resource "azurerm_monitor_scheduled_query_rules_alert_v2" "reread" {
  name                    = "${var.name}-not-read-again"
  display_name            = "dayseal: nothing was read again for eight days"
  description             = "A sample of what was sealed is read again every week: what changed or vanished since then would not be known. Look at the function reverify of the app ${var.name}-attest."
  resource_group_name     = azurerm_resource_group.dayseal.name
  location                = azurerm_resource_group.dayseal.location
  scopes                  = [azurerm_log_analytics_workspace.dayseal.id]
  severity                = 2
  evaluation_frequency    = "PT1H"
  window_duration         = "PT3H"
  auto_mitigation_enabled = true
  skip_query_validation   = true

  criteria {
    query                   = <<-KQL
      ${local.lines}
      | summarize age = maxif(todouble(line.value), tostring(line.metric) == "ReverifyAge")
      | where age > ${8 * 86400}
    KQL
    time_aggregation_method = "Count"
    operator                = "GreaterThan"
    threshold               = 0
  }

  action {
    action_groups = sort(tolist(var.action_groups))
  }
}

resource "azurerm_monitor_scheduled_query_rules_alert_v2" "failed" {
  name                              = "${var.name}-failed"
  display_name                      = "dayseal: a check failed or could not be carried out"
  description                       = "A FAIL, an UNKNOWN, or a function that broke off."
  resource_group_name               = azurerm_resource_group.dayseal.name
  location                          = azurerm_resource_group.dayseal.location
  scopes                            = [azurerm_log_analytics_workspace.dayseal.id]
  severity                          = 2
  evaluation_frequency              = "PT15M"
  window_duration                   = "PT15M"
  mute_actions_after_alert_duration = "PT1H"
  auto_mitigation_enabled           = false # muting and resolving by itself exclude each other
  skip_query_validation             = true

  criteria {
    query                   = <<-KQL
      union isfuzzy=true
        (${local.lines} | where SeverityLevel >= 2),
        (AppExceptions | where AppRoleName startswith '${var.name}-')
    KQL
    time_aggregation_method = "Count"
    operator                = "GreaterThan"
    threshold               = 0
  }

  action {
    action_groups = sort(tolist(var.action_groups))
  }
}
