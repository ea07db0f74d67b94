/** The inspector of Holdfast. */
export {};
