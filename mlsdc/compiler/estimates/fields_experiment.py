"""Inputs that describe an experiment."""

from __future__ import annotations

from mlsdc.compiler.estimates.fields import Field, Kind, f

C, W, A, S = Kind.COUNT, Kind.WHOLE, Kind.AMOUNT, Kind.SHARE

EXPERIMENT_FIELDS: tuple[Field, ...] = (
    f("baseline", S, "The control's share", "10%",
      "control p1 baseline_rate control_rate conversion baseline_conversion p_control base_rate"),
    f("changed", S, "The treatment's share", "11%", "treatment treatment_conversion p2 "
      "treatment_rate variant_rate p_treatment"),
    f("mde_abs", Kind.EFFECT, "Smallest difference to detect, in the metric's unit", "1%",
      "delta absolute_effect mde_absolute absolute difference mde effect absolute_mde"),
    f("mde_rel", Kind.EFFECT, "Smallest difference to detect, of the baseline", "5%",
      "relative_effect mde_relative relative lift relative_mde uplift relative_lift",
      scaled={"mde_rel_percent": 0.01, "lift_percent": 0.01, "relative_lift_percent": 0.01,
              "relative_mde_percent": 0.01, "mde_relative_percent": 0.01}),
    f("sd", C, "Standard deviation of the metric", "30",
      "deviation standard_deviation std sigma stdev"),
    f("variance", C, "Variance of the metric", "900", "sigma2 sigma_squared var metric_variance"),
    f("baseline_mean", C, "The control's mean", "100",
      "mean control_mean mean_baseline metric_mean mean_control"),
    f("total_units", C, "Units of all arms", "30000",
      "total_sample total_sample_size n_total total_n total_users"),
    f("control_successes", C, "Units of the control that converted", "120",
      "x1 conversions_control successes_control control_conversions"),
    f("treatment_successes", C, "Units of the treatment that converted", "150",
      "x2 conversions_treatment successes_treatment treatment_conversions"),
    f("effect_size_d", C, "Cohen's d: difference over standard deviation", "0.5",
      "cohens_d cohen_d effect_size d"),
    f("effect_size_h", C, "Cohen's h: difference of two shares on the arcsine scale", "0.2",
      "cohens_h cohen_h h"),
    f("effect_size_f", C, "Cohen's f: deviation of the arms' means over that within", "0.25",
      "cohens_f cohen_f"),
    f("margin", Kind.EFFECT, "How much worse the treatment may be (non-inferiority)", "2%",
      "noninferiority_margin non_inferiority_margin ni_margin"),
    f("mean_numerator", C, "Mean of a ratio's numerator", "2", "numerator_mean"),
    f("mean_denominator", C, "Mean of a ratio's denominator", "10", "denominator_mean"),
    f("var_numerator", A, "Variance of a ratio's numerator", "4",
      "numerator_variance variance_numerator numerator_var"),
    f("var_denominator", A, "Variance of a ratio's denominator", "25",
      "denominator_variance variance_denominator denominator_var"),
    f("covariance", A, "Covariance of numerator and denominator", "5", "cov"),
    f("arm_successes", Kind.NUMBERS, "Units of each arm that converted", "200,230",
      "successes_by_arm conversions_by_arm"),
    f("power", S, "Probability of detecting the difference", "80%", "target_power",
      scaled={"beta_complement": 1.0}),
    f("sides", W, "1 or 2", "2", "tails n_sides"),
    f("test", Kind.TEXT, "Which test", "t", "test_type"),
    f("method", Kind.TEXT, "pooled, unpooled, baseline, arcsine; bonferroni, holm, "
      "benjamini-hochberg; pocock, obrien-fleming", "pooled", "correction procedure boundary"),
    f("allocation", Kind.NUMBERS, "Shares of the arms, the control first", "0.5,0.5",
      "split traffic_split ratio shares"),
    f("units", C, "Units of each arm", "50",
      "per_variant n_per_user_group n sample_size n_per_group n_per_arm n_per_variant per_group "
      "per_arm"),
    f("n_individual", C, "Units needed if each were independent", "20000",
      "n_independent sample_without_clustering n_without_cuped n_unadjusted base_sample n_base "
      "n_without"),
    f("design_effect", C, "How many times more units clusters need", "1.48", "deff"),
    f("cluster_size", C, "Mean units of a cluster", "25", "m average_cluster_size"),
    f("icc", S, "Intra-class correlation", "0.02", "intraclass_correlation rho_icc"),
    f("cuped_correlation", S, "Correlation with the value before the test", "0.7",
      "correlation rho_pre pre_post_correlation cuped_rho pre_period_correlation "
      "covariate_correlation rho_cuped cuped"),
    f("p_values", Kind.NUMBERS, "P-values of the comparisons", "0.01,0.04", "pvalues p_vals"),
    f("q", S, "False discovery rate", "5%", "fdr false_discovery_rate"),
    f("comparisons", W, "Comparisons that share the error rate", "3",
      "n_comparisons n_tests tests metrics n_metrics hypotheses n_hypotheses number_of_tests "
      "n_features n_comparisons_total features"),
    f("looks", W, "Looks at the data, equally spaced", "5", "n_looks analyses interim_looks peeks"),
    f("equally_spaced", Kind.FLAG, "The looks are equally spaced", "true"),
    f("units_per_day", C, "New units a day", "20000",
      "users_per_day traffic_per_day visitors_per_day daily_traffic daily_users daily_visitors "
      "visitors_day requests_per_day sessions_per_day",
      scaled=dict.fromkeys(("users_per_week", "visitors_per_week", "weekly_users",
                            "weekly_visitors", "weekly_traffic"), 1 / 7)),
    f("arms", W, "Arms, the control included", "2", "n_arms variants n_variants groups"),
    f("exposure", S, "Share of the traffic in any arm", "100%",
      "traffic_share traffic_fraction traffic_allocation share_of_traffic exposure_share "
      "traffic_exposed"),
    f("arm_counts", Kind.NUMBERS, "Units seen in each arm", "5000,5100",
      "counts observed_split assignments arm_sizes"),
    f("control_count", C, "Units seen in the control", "5000",
      "n_control users_control control_units observed_control control_users control_n"),
    f("treatment_count", C, "Units seen in the treatment", "5100",
      "n_treatment users_treatment treatment_units observed_treatment treatment_users treatment_n"),
    f("planned", Kind.NUMBERS, "Planned shares of the arms", "0.5,0.5",
      "planned_shares expected_split planned_split expected_ratio planned_ratio design_split"),
)  # fmt: skip
